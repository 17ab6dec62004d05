"""Pools: authorities that share homes, as a regional agency does; an administrator says who is in which."""

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.tables import PoolMember
from api.dependencies import Needs, TheAct
from api.security.roles import May

router = APIRouter(prefix="/api/v1/pools", tags=["pools"], dependencies=[Depends(Needs(May.MANAGE_PEOPLE))])
Code = Annotated[str, Field(pattern=r"^[A-Z]\d{8}$")]


class Members(BaseModel):
    """Codes of the authorities that share a pool's homes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"authorities": ["E06000045", "E10000014"]}]}
    )
    authorities: list[Code] = Field(max_length=200)


@router.get("", response_model=dict[str, list[str]])
def pools(act: TheAct) -> JSONResponse:
    """Every pool with its authorities."""

    def done(session: Session) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for row in session.scalars(select(PoolMember).order_by(PoolMember.pool, PoolMember.authority)):
            found[row.pool].append(row.authority)
        return dict(found)

    return act.do("list-pools", "pools", done)


@router.put("/{name}", response_model=list[str])
def change(name: Annotated[str, Field(max_length=80)], told: Members, act: TheAct) -> JSONResponse:
    """Who shares the homes of a pool from now on; nobody: the pool is no more."""

    def done(session: Session) -> list[str]:
        session.execute(delete(PoolMember).where(PoolMember.pool == name))
        codes = sorted(set(told.authorities))
        session.add_all(PoolMember(pool=name, authority=code) for code in codes)
        return codes

    return act.do("change-pool", f"pool:{name}", done, authorities=sorted(set(told.authorities)))
