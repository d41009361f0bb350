package io.nodejoin.cli.doctor;

/** One check and what it found. */
public record CheckResult(String check, Finding finding) {}
