package io.nodejoin.workflows.csr;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request to decide a token's CSR.
 *
 * @param approval who decides
 * @param keyDigest lower-case hex SHA-256 of the only SubjectPublicKeyInfo that may be approved; absent if the kubelet
 *     creates its key itself
 * @param createdNodeUid the UID of the Node that the join has created; absent if there must be no Node of the name yet
 * @param issuedAt no CSR of this token can be older, by the API server's clock
 * @param csrsAcceptedUntil a later CSR is not approved, by the API server's clock
 * @param deadline when the wait ends, by the workflow's clock
 * @param expirationSeconds the lifetime that the CSR must request; absent means any that Kubernetes grants
 */
public record CsrDecisionRequest(
        TokenRef token,
        NodeName node,
        ApprovalMode approval,
        @Nullable String keyDigest,
        @Nullable String createdNodeUid,
        Instant issuedAt,
        Instant csrsAcceptedUntil,
        Instant deadline,
        @Nullable Integer expirationSeconds) {

    /** Returns this request for a Node that the join has created. */
    public CsrDecisionRequest ofCreatedNode(@Nullable String uid) {
        return new CsrDecisionRequest(
                token, node, approval, keyDigest, uid, issuedAt, csrsAcceptedUntil, deadline, expirationSeconds);
    }
}
