package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import io.temporal.activity.ActivityInterface;

/** Bootstrap tokens of one cluster, as Secrets in kube-system. No plain secret leaves an implementation. */
@ActivityInterface(namePrefix = "Token_")
public interface TokenActivities {

    /**
     * Picks a random id and records it in the ledger, so that the token can be found and revoked whatever happens next. Whatever the join
     * has of earlier tokens is taken back. A second call picks another id; the earlier ledger entry of the same attempt is removed with its
     * token, those of earlier attempts stay until the join is over.
     */
    TokenId reserve(TokenReservation reservation);

    /**
     * Ends whatever this reservation may have left, and asks for nothing: there may be no room for another token. A second call changes
     * nothing.
     */
    void cancelReservation(TokenReservation reservation);

    /**
     * Mints the secret of a reserved id, creates the Secret by POST, and seals the token to the host's key. A second call
     * deletes what an earlier one may have left under this id and mints anew, so at most one token of an id is alive.
     */
    SealedToken issue(TokenRequest request);

    /** Deletes the token's Secret, and keeps its ledger entry. Absent counts as deleted; a second call is harmless. */
    void revoke(TokenRef token);

    /** Ends the ledger entry of a token of which nothing is left. Absent counts as ended; a second call is harmless. */
    void deleteLedgerEntry(TokenRef token);
}
