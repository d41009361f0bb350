package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that may be alive. While the entry lies in the ledger, nobody else gets the id.
 *
 * @param machineId of the machine that it was reserved for; absent if a person has removed it
 * @param attempt of the join that it was reserved for
 * @param expiresAt when whatever became of it has ended by itself, by the API server's clock
 * @param run on whose behalf it was reserved
 * @param uid of the entry itself
 */
public record LedgerEntry(
        TokenRef token,
        NodeName node,
        @Nullable String machineId,
        int attempt,
        Instant expiresAt,
        WorkflowRun run,
        String uid) {}
