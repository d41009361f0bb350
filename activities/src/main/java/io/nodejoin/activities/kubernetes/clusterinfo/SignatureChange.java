package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.workflows.token.TokenRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A change of one token's signature, which its caller waits for. Its guard and its failure are its own. */
final class SignatureChange {
    private final TokenRef token;
    /** Null removes the signature. */
    private final @Nullable String jws;

    private final EffectGuard guard;
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private boolean recorded;

    private SignatureChange(TokenRef token, @Nullable String jws, EffectGuard guard) {
        this.token = token;
        this.jws = jws;
        this.guard = guard;
    }

    static SignatureChange publication(TokenRef token, String jws, EffectGuard guard) {
        return new SignatureChange(token, jws, guard);
    }

    static SignatureChange removal(TokenRef token, EffectGuard guard) {
        return new SignatureChange(token, null, guard);
    }

    boolean isPublication() {
        return jws != null;
    }

    String key() {
        return token.tokenId().signatureKey();
    }

    /** Returns whether these data need no change. */
    boolean isIn(Map<String, String> data) {
        return Optional.ofNullable(data.get(key())).equals(Optional.ofNullable(jws));
    }

    void applyTo(Map<String, String> data) {
        if (jws == null) {
            data.remove(key());
        } else {
            data.put(key(), jws);
        }
    }

    /**
     * Asks the guard, and at the first call writes the audit entry. If either fails, the change ends with that failure.
     *
     * @return whether the change may be written
     */
    boolean authorize(AuditLog audit) {
        try {
            if (recorded) {
                guard.beforeEffect(action());
            } else {
                guard.recordEffect(
                        new AuditEntry(
                                token.cluster(),
                                token.joinId().value(),
                                action(),
                                ClusterInfoConfigMap.OBJECT + "#" + key()),
                        audit);
                recorded = true;
            }
            return true;
        } catch (RuntimeException e) { // whatever stops this change, the others of its batch go on
            fail(e);
            return false;
        }
    }

    private String action() {
        return isPublication() ? "clusterinfo.sign" : "clusterinfo.remove-signature";
    }

    boolean isDone() {
        return result.isDone();
    }

    /** @param lasting whether the change was still there when it was read back */
    void complete(boolean lasting) {
        result.complete(lasting);
    }

    /** Has no effect on a change that is done. */
    void fail(RuntimeException failure) {
        result.completeExceptionally(failure);
    }

    /** Returns whether the change has lasted. Throws its failure. */
    boolean await() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
