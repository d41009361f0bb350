package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import io.temporal.activity.ActivityInterface;

/** Bootstrap tokens of one cluster, as Secrets in kube-system. No implementation returns a plain secret. */
@ActivityInterface(namePrefix = "Token_")
public interface TokenActivities {

    /**
     * Picks a random token id and records it in the ledger, so that the token can be found and revoked whatever happens
     * next. Revokes earlier tokens of the join. A second call picks another id: it revokes the token of the same
     * attempt and deletes its ledger entry; entries of earlier attempts stay until the join ends.
     */
    TokenId reserve(TokenReservation reservation);

    /** Revokes what this reservation may have left, without reserving: the token quota may be used up. Idempotent. */
    void cancelReservation(TokenReservation reservation);

    /**
     * Generates the secret of a reserved id, creates the Secret by POST, and encrypts the token for the host's key. A
     * second call deletes what an earlier one may have created under this id and generates another secret, so that at
     * most one token of an id exists.
     */
    SealedToken issue(TokenRequest request);

    /** Deletes the token's Secret, and keeps its ledger entry. Succeeds if it is absent. Idempotent. */
    void revoke(TokenRef token);

    /** Deletes the ledger entry of a token of which nothing is left. Succeeds if it is absent. Idempotent. */
    void deleteLedgerEntry(TokenRef token);
}
