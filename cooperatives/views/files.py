"""The one way a private scan leaves storage; the door stands before it in each view."""

from django.http import FileResponse, Http404

from cooperatives.models import Paper
from cooperatives.papers import open_paper
from marketplace.foundation.http import private_file


def paper_answer(paper: Paper) -> FileResponse:
    """The scan as the browser shows it. Raises Http404 when storage has lost it."""
    try:
        file = open_paper(paper)
    except FileNotFoundError:
        raise Http404 from None
    return private_file(file, name=paper.original_name, content_type=paper.content_type)
