"""What is gathered is what Django looks up, English is English, and Vietnamese needs no catalogue of ours."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext, trans_real

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import translations  # noqa: E402

TRICKY = """{% load i18n %}
<a title="{% translate "Giỏ hàng" %}">{% translate 'Nói "chào"' context "lời chào" %}</a>
{% blocktranslate trimmed count n=n with a=b|default:"c" %}
  Có {{ n }} món
  giảm 10% "ngon"
{% plural %}
  Có {{ n }} món cùng giảm 10%
{% endblocktranslate %}
{% blocktranslate context "khác" %}Chào {{ b }}
bạn{% endblocktranslate %}
{% translate "Giảm 5%" as x %}{{ _("Hai") }}{% if x == _("Ba") %}{% endif %}{{ missing|default:_("Bốn 4%") }}
{% translate "Năm"|upper %}{% blocktranslate with m=b asvar z %} Sáu {{ m }} {% endblocktranslate %}
{% comment %}{% translate "không" %}{% endcomment %}{# {% translate "cũng không" %} #}
"""


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str, str]]:
    """Everything Django looks up while a page is rendered: (text, plural, context)."""
    seen: set[tuple[str, str, str]] = set()

    class Recorder:
        def gettext(self, text: str) -> str:
            context, _, text = text.rpartition("\x04")
            seen.add((text, "", context))
            return text

        def ngettext(self, text: str, plural: str, n: Any) -> str:
            seen.add((text, plural, ""))
            return text

    monkeypatch.setattr(trans_real._active, "value", Recorder(), raising=False)
    return seen


def test_what_is_gathered_from_a_template_is_what_django_looks_up(
    recorded: set[tuple[str, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "tricky.html"
    page.write_text(TRICKY, encoding="utf-8")
    monkeypatch.setattr(translations, "ROOT", tmp_path)

    gathered = {(found.text, found.plural, found.context) for found in translations.in_template(page)}
    engine = Engine(libraries={"i18n": "django.templatetags.i18n"})
    engine.from_string(TRICKY).render(Context({"n": 2, "b": "Lan"}))

    assert gathered == recorded
    assert ('Có %(n)s món giảm 10%% "ngon"', "Có %(n)s món cùng giảm 10%%", "") in gathered
    assert ("Chào %(b)s\nbạn", "", "khác") in gathered


def test_a_text_put_together_on_the_spot_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "wrong.py"
    module.write_text('_(f"Chào {name}")\n', encoding="utf-8")
    monkeypatch.setattr(translations, "ROOT", tmp_path)

    with pytest.raises(translations.NotConstant, match=r"wrong\.py:1"):
        list(translations.in_python(module))


def test_english_is_complete() -> None:
    assert translations.faults() == []


def test_vietnamese_is_the_source_and_english_comes_from_the_catalogue() -> None:
    translations.compile_all()
    trans_real._translations.clear()

    with translation.override("vi"):
        vietnamese = gettext("Giỏ hàng")
    with translation.override("en"):
        english = gettext("Giỏ hàng")

    assert (vietnamese, english) == ("Giỏ hàng", "Basket")


def test_what_django_says_by_itself_is_vietnamese() -> None:
    with translation.override("vi"):
        assert gettext("This field is required.") == "Trường này là bắt buộc."
        assert gettext("Enter a valid email address.") == "Nhập địa chỉ email."
