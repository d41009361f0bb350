package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.protocol.agent.RejoinResponse;
import io.nodejoin.workflows.node.NodeRef;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies machines whose kubelet certificate has expired, and starts their rejoin. */
public final class Rejoins {
    private static final Logger LOG = LoggerFactory.getLogger(Rejoins.class);
    /** At most twenty octets, by RFC 5280. */
    private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,40}");

    private static final double PER_SECOND_AND_CLAIM = 0.05;
    private static final double BURST_OF_CLAIM = 5;

    private final RejoinHandler rejoinHandler;
    /** By node and key, so that what others claim does not count against a machine. */
    private final RateLimiter claimLimiter;

    private final RefusalAudit refusalAudit;
    private final GatewayMetrics metrics;
    private final RefusalLog refusalLog;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public Rejoins(
            RejoinHandler rejoinHandler, RefusalAudit refusalAudit, GatewayMetrics metrics, LongSupplier nanoTime) {
        this.rejoinHandler = rejoinHandler;
        this.claimLimiter = new RateLimiter(PER_SECOND_AND_CLAIM, BURST_OF_CLAIM, nanoTime);
        this.refusalAudit = refusalAudit;
        this.metrics = metrics;
        this.refusalLog = new RefusalLog(nanoTime);
    }

    /**
     * Verifies a rejoin request, and starts the join of the recorded node if it is valid. Idempotent: a second call
     * finds the join that the first one started. Only the audit log has the reason of a refusal.
     *
     * @param address the client's IP address
     */
    public Reply rejoin(RejoinRequest request, String address) {
        NodeRef node = new NodeRef(request.cluster(), request.node());
        Optional<AgentPublicKey> key = AgentPublicKey.parse(request.publicKey());
        if (key.isEmpty()) {
            return counted("malformed", Reply.badRequest("publicKey is no P-256 key as base64 of its DER"));
        }
        if (!SERIAL.matcher(request.certificateSerial()).matches()) {
            return counted(
                    "malformed", Reply.badRequest("certificateSerial is no serial number in lower-case hex digits"));
        }
        if (!hasValidSignature(request)) {
            return refused(node, key.get(), address, "the signature is not one by the key that is shown");
        }
        if (!claimLimiter.tryAcquire(
                node.cluster() + "/" + node.name() + "/" + key.get().base64())) {
            refusalAudit.throttled(node, address);
            return counted("throttled", Reply.tooManyRequests());
        }
        RejoinHandler.RejoinAttempt attempt = new RejoinHandler.RejoinAttempt(
                node, Sha256.hex(request.secret()), key.get().base64(), request.certificateSerial());
        try {
            return switch (rejoinHandler.rejoin(attempt)) {
                case RejoinHandler.Answer.Started started ->
                    counted("started", Reply.accepted(new RejoinResponse(started.joinId())));
                case RejoinHandler.Answer.Refused refused ->
                    refused(node, key.get(), address, refused.why().toLine());
            };
        } catch (RuntimeException e) {
            // The agent retries, whether the cluster, Temporal or the audit log is unavailable.
            LOG.atWarn()
                    .addKeyValue("cluster", node.cluster())
                    .addKeyValue("node", node.name())
                    .log("no decision on a rejoin: {}", RootCause.message(e));
            return counted("unavailable", Reply.serviceUnavailable());
        }
    }

    private Reply refused(NodeRef node, AgentPublicKey key, String address, String reason) {
        refusalLog.warn("rejoin", node, reason);
        refusalAudit.rejoinRefused(node, key, address, reason);
        return counted("refused", Reply.enrollmentRefused());
    }

    private Reply counted(String result, Reply reply) {
        metrics.rejoin(result);
        return reply;
    }

    private static boolean hasValidSignature(RejoinRequest request) {
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(base64.decode(request.publicKey()))));
            signature.update(RejoinRequest.signingInput(
                    request.cluster(), request.node(), request.secret(), request.certificateSerial()));
            return signature.verify(base64.decode(request.signature()));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return false;
        }
    }
}
