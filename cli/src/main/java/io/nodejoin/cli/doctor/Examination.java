package io.nodejoin.cli.doctor;

/** One check and what it found. */
public record Examination(String check, Finding finding) {}
