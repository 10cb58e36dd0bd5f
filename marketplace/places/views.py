"""One address: the communes of a province, for forms and for whoever fills them."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from . import search
from .models import AdminUnit


@require_safe
@cache_control(public=True, max_age=60 * 60 * 24)
def communes(request: HttpRequest) -> JsonResponse:
    """Answer ``?province=19`` with ``[{code, name}]`` in the order of the alphabet; unknown provinces give
    ``[]``.

    With ``?q=`` also or only a name, of today or old: ``[{code, name, province, old}]``, at most 20.
    """
    province, q = request.GET.get("province", "")[:2].replace("\x00", ""), request.GET.get("q", "")[:80]
    if q:
        rows = [
            {
                "code": found.commune.code,
                "name": found.commune.name,
                "province": found.commune.province_code,
                "old": found.old_name,
            }
            for found in search.communes(q, province or None)
        ]
    elif province.isalnum():
        units = AdminUnit.objects.communes(province).values_list("code", "name")
        rows = [{"code": code, "name": name} for code, name in units]
    else:
        rows = []
    return JsonResponse(rows, safe=False, json_dumps_params={"ensure_ascii": False})
