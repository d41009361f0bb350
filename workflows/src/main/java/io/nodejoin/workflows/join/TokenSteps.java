package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of a join on its bootstrap token. Each registers its compensation before the token can exist. */
final class TokenSteps {
    private final Supplier<JoinPlan> plan;
    private final HostCommandClient host;
    private final Compensation compensation;
    private final LocalActivities localActivities;
    private @Nullable TokenRef revokedToken;
    private @Nullable Instant revokedAt;
    private @Nullable Instant rejectedAt;

    TokenSteps(
            Supplier<JoinPlan> plan,
            HostCommandClient host,
            Compensation compensation,
            LocalActivities localActivities) {
        this.plan = plan;
        this.host = host;
        this.compensation = compensation;
        this.localActivities = localActivities;
    }

    /** Issues the token under an id that is drawn here, so that its compensation is registered before it can exist. */
    JoinState.TokenIssued issueToken(JoinState.HostPrepared prepared, @Nullable String createdUid) {
        for (int draws = 0; draws < StepOptions.MAX_TOKEN_ID_DRAWS; draws++) {
            TokenRef token = plan().drawToken(Workflow.randomUUID());
            Instant issuedAt = WorkflowTime.now();
            if (issueToken(token, prepared) instanceof TokenIssue.Issued(SealedToken sealed)) {
                return prepared.tokenIssued(createdUid, token, sealed, issuedAt);
            }
        }
        throw JoinFailures.of(
                ErrorCode.OBJECT_CONFLICT, StepOptions.MAX_TOKEN_ID_DRAWS + " random token ids in a row are in use");
    }

    /**
     * Issues a token of this id. If the id is in use, it stays unconfirmed, and the garbage collector, which knows each
     * entry's owner, deletes the join's ledger entry in place of the workflow.
     */
    private TokenIssue issueToken(TokenRef token, JoinState.HostPrepared prepared) {
        var revocation = new CompensatingAction.RevokeToken(token);
        var signatureRemoval = new CompensatingAction.RemoveSignature(token);
        compensation.registerRequested(revocation);
        compensation.registerRequested(signatureRemoval);
        String summary = "Issue bootstrap token " + token.tokenId() + " for " + plan().nodeName() + ", attempt "
                + plan().attempt();
        TokenIssue result = localActivities.call(
                TokenActivities.class,
                StepOptions.issueToken(summary),
                activities -> activities.issue(plan().tokenRequest(token, prepared)));
        if (result instanceof TokenIssue.Issued(SealedToken sealed) && sealed.createAttempts() <= 1) {
            compensation.markConfirmed(revocation);
            compensation.markConfirmed(signatureRemoval);
        }
        return result;
    }

    /**
     * Deletes the token and its signature once the host has its certificate: a kubelet that the agent starts has it from the start.
     *
     * @param registered completes when the node has registered, which it does with its certificate
     */
    TokenRef revokeToken(JoinState.TokenIssued issued, Assignment start, Promise<?> registered) {
        boolean startsWithCertificate = plan().request().policy().tlsBootstrap() == TlsBootstrap.AGENT;
        Workflow.await(() -> registered.isCompleted()
                || (startsWithCertificate && host.hasReached(start, CommandMilestone.KubeletActive)));
        TokenRef token = issued.token();
        localActivities.run(
                TokenActivities.class,
                StepOptions.write("Revoke bootstrap token " + token.tokenId() + " and remove its signature"),
                activities -> activities.revoke(token));
        revokedToken = token;
        revokedAt = WorkflowTime.now();
        return token;
    }

    /** Deletes the ledger entry of a token that is revoked, unless a timed-out request may still create something of it. */
    void deleteLedgerEntry(TokenRef token) {
        if (compensation.isEveryRequestConfirmed()) {
            SpentToken spent = new SpentToken(token, revokedAt, rejectedAt);
            localActivities.run(
                    TokenActivities.class,
                    StepOptions.write("Delete ledger entry of bootstrap token " + token.tokenId()),
                    activities -> activities.deleteLedgerEntry(spent));
        }
    }

    /** Returns what to report of a token that is deleted, but that the API server has not been seen to reject. */
    Optional<JoinRevocationUnverified> unverifiedRevocation() {
        return revokedToken == null || revokedAt == null || rejectedAt != null
                ? Optional.empty()
                : Optional.of(plan().revocationUnverified(revokedToken, revokedAt));
    }

    /** Records that the host has seen the API server reject the token. */
    void markRejected() {
        rejectedAt = WorkflowTime.now();
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
