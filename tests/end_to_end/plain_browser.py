"""A browser without JavaScript: links, forms, cookies and redirects over plain HTTP."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

Values = dict[str, str | list[str]]


@dataclass
class Form:
    """A form as it stands on the page, with the values it would send untouched."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, label
    options: dict[str, list[str]] = field(default_factory=dict)  # what a choice field offers

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.values} | set(self.options)


@dataclass
class Page:
    """An answer: where it came from, its status, its text, its forms and links."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    def form(self, action: str) -> Form:
        """The one form whose action ends so; AssertionError names those there are."""
        found = [form for form in self.forms if form.action.split("?")[0].endswith(action)]
        assert found, f"no form to {action} on {self.url}: {[form.action for form in self.forms]}"
        return found[0]

    def has_form(self, action: str) -> bool:
        return any(form.action.split("?")[0].endswith(action) for form in self.forms)


class PlainBrowser:
    """One visitor's or officer's browser; `origin` such as http://127.0.0.1:8080."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.origin, path)))

    def submit(self, page: Page, action: str, **changes: str | list[str]) -> Page:
        """Send the form with these fields changed; follows the redirect."""
        form = page.form(action)
        values = [(name, value) for name, value in form.values if name not in changes]
        for name, value in changes.items():
            values += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        if not any(name in dict(values) for name, _, _ in form.buttons if name):
            values += [(name, value) for name, value, _ in form.buttons[:1] if name]
        data = urllib.parse.urlencode(values)
        url = urllib.parse.urljoin(page.url, form.action)
        if form.method == "get":
            return self.get(f"{url}?{data}")
        request = urllib.request.Request(url, data.encode(), method="POST")
        request.add_header("Origin", self.origin)
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return _page(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return _page(answer)


def _page(answer: object) -> Page:
    body = answer.read()  # type: ignore[attr-defined]
    page = Page(answer.url, answer.status, dict(answer.headers.items()), body)  # type: ignore[attr-defined]
    if "html" in page.headers.get("Content-Type", ""):
        _Reader(page).feed(body.decode())
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._form: Form | None = None
        self._select: str | None = None
        self._selected: list[str] = []
        self._area: str | None = None
        self._button: int | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style"):
            self._hidden += 1
        if tag == "a" and given.get("href"):
            self._page.links.append(str(given["href"]))
        if tag == "form":
            method = (given.get("method") or "get").lower()
            self._form = Form(given.get("action") or self._page.url, method)
            self._page.forms.append(self._form)
        if self._form is not None and "disabled" not in given:
            self._control(tag, given.get("name") or "", given)

    def _control(self, tag: str, name: str, given: dict[str, str | None]) -> None:
        assert self._form is not None
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self._select, self._selected = name, []
            self._form.options[name] = []
        elif tag == "option" and self._select:
            self._form.options[self._select].append(given.get("value") or "")
            if "selected" in given:
                self._selected.append(given.get("value") or "")
        elif tag == "textarea" and name:
            self._area = name
            self._form.values.append((name, ""))
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._form.buttons.append((name, given.get("value") or "", ""))

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        assert self._form is not None
        kind, value = given.get("type", "text"), given.get("value")
        if kind in ("radio", "checkbox"):
            self._form.options.setdefault(name, []).append("on" if value is None else value)
            if "checked" in given:
                self._form.values.append((name, "on" if value is None else value))
        elif kind == "submit":
            self._form.buttons.append((name, value or "", value or ""))
        else:
            self._form.values.append((name, value or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden -= 1
        if tag == "select" and self._form is not None and self._select:
            chosen = self._selected or self._form.options[self._select][:1]
            self._form.values += [(self._select, value) for value in chosen]
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            name, value = self._form.values[-1]
            self._form.values[-1] = (name, value + data)
        elif not self._hidden:
            self._page.text += " " + " ".join(data.split())
