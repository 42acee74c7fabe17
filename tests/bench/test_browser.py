"""What counts into the weight of a page."""

from bench.browser import imported_by, loaded_by


def test_a_page_loads_styles_scripts_and_pictures_but_not_its_links() -> None:
    html = """<link rel="stylesheet" href="/static/a.css">
    <script type="module" src="/static/js/main.js"></script>
    <img src="data:image/png;base64,AA=="><img src="map.svg"><a href="/find">Find</a><script>1</script>"""
    assert loaded_by(html, "/offices/x") == ["/static/a.css", "/static/js/main.js", "/offices/map.svg"]


def test_a_script_may_load_modules_beside_it() -> None:
    script = (
        b"""import { a } from "./a.js"; if (x) import('./b.js'); import "../c.js"; const text = "./d.js";"""
    )
    assert imported_by(script, "/static/js/main.js") == [
        "/static/js/a.js",
        "/static/js/b.js",
        "/static/c.js",
    ]
