package io.nodejoin.gateway.enrollment;

import io.nodejoin.gateway.attestation.Attestations;

/** The ways in which an agent obtains a certificate. */
public record CredentialIssuance(
        Attestations attestations, Enrollments enrollments, Rejoins rejoins, Renewals renewals) {}
