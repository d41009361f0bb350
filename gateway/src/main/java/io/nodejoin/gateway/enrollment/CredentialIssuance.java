package io.nodejoin.gateway.enrollment;

/** The ways in which an agent obtains a certificate. */
public record CredentialIssuance(Enrollments enrollments, Rejoins rejoins, Renewals renewals) {}
