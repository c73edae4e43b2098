"""The files of a visit, thrown away because the visitor asked to be erased."""

from dataclasses import dataclass

from appliance.actor import Actor
from appliance.documents.rules import JobState
from appliance.documents.service import DocumentsService
from appliance.mail.service import MailService
from appliance.requests.keeping import RequestKeeping


@dataclass(frozen=True, slots=True)
class FilesOfVisit:
    """Scans go with the documents process, answers and copies for e-mail at once."""

    documents: DocumentsService
    mail: MailService
    requests: RequestKeeping

    def __call__(self, visit_id: int, by: Actor) -> None:
        """Throw away what a visit has left in files. Repeating is fine."""
        for job in self.documents.of_visit(visit_id).jobs:
            if job.state is not JobState.DISCARDED:
                self.documents.discard(job.uuid, by=by)
        self.mail.delete_ended()
        self.requests.forget_erased()
