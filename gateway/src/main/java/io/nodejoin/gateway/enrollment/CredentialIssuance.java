package io.nodejoin.gateway.enrollment;

/** The ways in which an agent gets known here. */
public record CredentialIssuance(Enrollments enrollments, Rejoins rejoins, Renewals renewals) {}
