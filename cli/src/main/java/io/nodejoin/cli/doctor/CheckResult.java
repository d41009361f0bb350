package io.nodejoin.cli.doctor;

/** A check and its finding. */
public record CheckResult(String check, Finding finding) {}
