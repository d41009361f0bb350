package io.nodejoin.workflows.token;

import io.temporal.activity.ActivityInterface;

/**
 * Bootstrap tokens of one cluster: ledger entries, Secrets in kube-system and signatures in cluster-info. No
 * implementation returns a plain secret. What removes one has no effect on an id that the ledger has for another join.
 */
@ActivityInterface(namePrefix = "Token_")
public interface TokenActivities {

    /**
     * Revokes earlier tokens of the join, and keeps their ledger entries. Then enters the id into the ledger, so that the
     * token can be found and revoked whatever happens next, creates the Secret by POST, encrypts the token for the host's
     * key, adds the token's signature to cluster-info, and reads it back without credentials.
     *
     * <p>A second call finds its own ledger entry: it deletes the Secret that an earlier one may have created, generates
     * another, and replaces the signature, so that at most one token of an id exists.
     */
    TokenIssue issue(TokenRequest request);

    /** Deletes the token's Secret, then its signature, and keeps its ledger entry. Succeeds if both are absent. Idempotent. */
    void revoke(TokenRef token);

    /**
     * Deletes the token's Secret alone: a compensation, each of which is reported by itself. Succeeds if it is absent.
     * Idempotent.
     */
    void deleteSecret(TokenRef token);

    /** Removes the token's signature from cluster-info. Succeeds if it is absent. Idempotent. */
    void removeSignature(TokenRef token);

    /**
     * Records whether the API server rejects a token that its join has revoked, then deletes the token's ledger entry.
     * Succeeds if the entry is absent. A second call records the same again.
     */
    void deleteLedgerEntry(SpentToken spent);
}
