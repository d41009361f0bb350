package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that may exist. While the ledger has the entry, no other token gets the id.
 *
 * @param machineId the machine that it was reserved for; absent if the value was removed
 * @param attempt the join's attempt that it was reserved for
 * @param expiresAt when a token with this id has expired in any case, by the API server's clock
 * @param run the workflow run that reserved it
 * @param uid the UID of the entry
 */
public record LedgerEntry(
        TokenRef token,
        NodeName node,
        @Nullable String machineId,
        int attempt,
        Instant expiresAt,
        WorkflowRun run,
        String uid) {}
