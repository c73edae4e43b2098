"""Signing in and out, and one's own password."""

import contextlib
import threading
from collections.abc import Iterator

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from appliance.errors import N_, Invalid, Unavailable
from appliance.hub import journal
from appliance.hub.database import Database
from appliance.hub.site import guard
from appliance.hub.site.forms import Form
from appliance.hub.site.sessions import Sessions
from appliance.hub.site.users import People, Person
from appliance.hub.throttle import Allowance, Throttle, address
from appliance.staff.rules import LONGEST_PASSWORD, LONGEST_USERNAME

WRONG = N_("Nama pengguna atau kata sandi salah.")
TOO_OFTEN = N_("Terlalu banyak percobaan. Coba lagi dalam %(minutes)s menit.")
UNEQUAL = N_("Kedua kata sandi baru tidak sama.")
BUSY = N_("Banyak yang sedang masuk. Coba lagi sebentar lagi.")
# A check takes 40 ms of a processor, one at a time: a flood of them must not hold all the threads,
# which devices need too.
CHECKS_AT_ONCE = 3
QUARTER_S, SHIFT_S = 15 * 60, 8 * 3600


class Door:
    """Lets people in, slowly where they guess."""

    def __init__(self, people: People, sessions: Sessions, database: Database) -> None:
        self._people = people
        self._sessions = sessions
        self._database = database
        self._throttle = Throttle(database)
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)

    def enter(self, form: Form, password: str) -> tuple[str, int]:
        """The token of a new session; else none, and how the form is answered. Blocks.

        Raises Unavailable when too many sign in at once.
        """
        username = form.value("username")[:LONGEST_USERNAME].lower()
        if not self._may_try(username, form, "username"):
            return "", 429
        with self._checking():
            person = self._people.who(username, password[: LONGEST_PASSWORD + 1])
        if person is None:
            form.refuse("username", WRONG)
            return "", 422
        self._sessions.end(guard.token())  # whoever was signed in here before is not any more
        return self._begin(person, "login"), 303

    def leave(self, person: Person) -> None:
        """Sign out on the server too, where a stolen cookie would be used."""
        self._sessions.end(guard.token())
        journal.note(self._database, person.username, "logout")

    def change_password(self, person: Person, form: Form, present: str, new: str) -> str:
        """The token of the session that goes on, the only one; empty when the form says why not."""
        if not self._may_try(person.username, form, "present"):
            return ""
        try:
            with self._checking():
                self._people.change_own_password(person, present, new)
        except Invalid as invalid:
            form.refuse_all(invalid)
            return ""
        return self._begin(person, "password")

    @contextlib.contextmanager
    def _checking(self) -> Iterator[None]:
        if not self._checks.acquire(blocking=False):
            raise Unavailable(BUSY)
        try:
            yield
        finally:
            self._checks.release()

    def _begin(self, person: Person, deed: str) -> str:
        self._throttle.forget(*_of_account(person.username))
        journal.note(self._database, person.username, deed)
        return self._sessions.begin(person)

    def _may_try(self, username: str, form: Form, field: str) -> bool:
        here = Allowance(f"login from {address(request.remote_addr)}", 60, QUARTER_S)
        wait_s = self._throttle.take(*_of_account(username), here)
        if wait_s:
            form.refuse(field, TOO_OFTEN, minutes=-(-wait_s // 60))
        return not wait_s


def blueprint(door: Door) -> Blueprint:
    """The pages by which people come in and go."""
    routes = Blueprint("login", __name__)

    @routes.get("/login")
    @guard.open_to_all
    def ask() -> Response | str:
        if guard.signed_in() is not None:
            return redirect(_own_address(request.args.get("next", "")), 303)
        return render_template("login.html", form=Form(request.args), told=_told())

    @routes.post("/login")
    @guard.open_to_all
    def enter() -> Response:
        form = Form(request.form)
        token, status = door.enter(form, request.form.get("password", ""))
        if not token:
            return make_response(render_template("login.html", form=form, told=""), status)
        response = redirect(_own_address(form.value("next")), status)
        guard.let_in(response, token)
        return response

    @routes.post("/logout")
    def leave() -> Response:
        door.leave(guard.person())
        response = redirect("/login?left=1", 303)
        guard.let_out(response)
        return response

    @routes.get("/account")
    def account() -> str:
        is_changed = "changed" in request.args
        return render_template("account.html", form=Form({}), is_changed=is_changed)

    @routes.post("/account/password")
    def change() -> Response:
        form, token = Form({}), ""
        present, new, again = (request.form.get(name, "") for name in ("present", "new", "again"))
        if new != again:
            form.refuse("again", UNEQUAL)
        else:
            token = door.change_password(guard.person(), form, present, new)
        if not token:
            return make_response(render_template("account.html", form=form, is_changed=False), 422)
        response = redirect("/account?changed=1", 303)
        guard.let_in(response, token)
        return response

    return routes


def _of_account(username: str) -> tuple[Allowance, ...]:
    """From one address, soon; from everywhere, slowly: else anybody could lock a name out.

    In a shift, one address has only some of the tries that everywhere has together.
    """
    here = f"login as {username} from {address(request.remote_addr)}"
    return (
        Allowance(here, 6, QUARTER_S),
        Allowance(f"shift of {here}", 12, SHIFT_S),
        Allowance(f"login as {username}", 40, SHIFT_S),
    )


def _told() -> str:
    """Why they see this page, where they may wonder."""
    return next((word for word in ("left", "ended") if word in request.args), "")


def _own_address(asked: str) -> str:
    """Where they wanted to go, if that is a page of ours; else the first one."""
    is_own = asked.startswith("/") and not asked.startswith(("//", "/\\", "/login"))
    return asked if is_own and asked.isprintable() and "\\" not in asked else "/"
