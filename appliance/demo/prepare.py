"""Makes the demonstration's folder ready; a program given the settings file and the parent's id."""

import sys
from contextlib import closing
from pathlib import Path

from appliance.bootstrap import build_services, clean, open_core
from appliance.config import load_settings
from appliance.demo import place
from appliance.demo.seed import seed
from appliance.runtime.parent import end_with
from hardware.sane_config import write_test_config


def main(configuration: Path) -> None:
    """Seed the folder that `configuration` names, if it is empty or half filled, and clean it.

    Without a timer of systemd's, a start is when the daily cleaning comes.
    """
    settings = load_settings(configuration, env={})
    write_test_config(settings.data_dir / "sane")
    with closing(open_core(settings)) as core:
        if place.needs_seed(settings.data_dir):
            seed(core, build_services(core))
            place.mark_seeded(settings.data_dir)
        clean(core)


if __name__ == "__main__":
    end_with(int(sys.argv[2]))
    main(Path(sys.argv[1]))
