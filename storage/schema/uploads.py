"""Whose uploads are whose: what a team has uploaded can be forgotten with it."""

STATEMENTS = ("alter table uploaded add column team text not null default ''",)
