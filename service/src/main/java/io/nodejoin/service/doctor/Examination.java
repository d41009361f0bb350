package io.nodejoin.service.doctor;

/** One check and what it found. */
public record Examination(String check, Finding finding) {}
