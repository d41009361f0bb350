package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.nodejoin.activities.kafka.EventRecords;
import io.nodejoin.client.kafka.EventSignature;
import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose configuration names the keys that sign its requests, and the kubelets that may be started. */
@Tag("real")
@Tag("access")
@OnRestartedBed
class SignedRequestsE2E {
    private static final URI SOURCE = URI.create("/testbed/signing-autoscaler");
    /** The kubelet of a simulated host is an empty file. */
    private static final PoolName POOL = new PoolName("batch");

    private static final ArtifactDigest ITS_KUBELET = new ArtifactDigest("sha256:" + Sha256.hex(""));

    @TempDir
    private Path directory;

    private final SharedBed bed;
    private final PublicJsonWebKey key;

    SignedRequestsE2E(SharedBed bed) throws JoseException {
        this.bed = bed;
        this.key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        new KeyScope(Set.of(KeyScope.Kind.JOIN), Set.of(POOL)).limit(key);
    }

    @BeforeEach
    void believeOneKeyAndOneKubelet() throws IOException {
        Path keys = Files.writeString(
                directory.resolve("keys.jwks"),
                new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        bed.restartServiceWith(SharedBed.settings().withRequestKeys(keys, List.of(ITS_KUBELET)));
    }

    @AfterEach
    void believeEverybodyAgain() {
        bed.restartServiceWith(SharedBed.settings());
    }

    /** Returns the nodes of a pool's joins, as the command line lists them. */
    private List<String> listed(PoolName pool) {
        return bed.testBed()
                .service()
                .cli("list", "--pool", pool.value(), "-o", "name")
                .withVariable(
                        "NODEJOIN_CONFIG", bed.testBed().service().config().toString())
                .run()
                .orFail()
                .output()
                .lines()
                .toList();
    }

    /** Returns the id of the event. */
    private String requestSigned(HostFixture fixture, PoolName pool) throws JoseException {
        String id = UUID.randomUUID().toString();
        CloudEvent event = EventRecords.toCloudEvent(
                id,
                SOURCE,
                Instant.now(),
                SharedBed.requestBuilder(fixture).pool(pool).build());
        ProducerRecord<byte[], byte[]> signed =
                EventRecords.toRecord("nodejoin.requests.v1", null, EventSignature.sign(event, key));
        bed.requests().send(signed.headers(), signed.value(), SharedBed.recordKey(fixture.node()));
        return id;
    }

    @Test
    void shouldJoinOnlyWhatAKeyOfTheClusterAsksForAndStartNoOtherKubelet() throws IOException, JoseException {
        // given
        HostFixture unsigned = bed.newHost("unsigned");
        HostFixture signed = bed.newHost("signed");
        bed.boot(signed, Fault.NONE);
        HostFixture swapped = bed.newHost("swapped-kubelet");
        Path kubelet = bed.boot(swapped, Fault.NONE).root().resolve("usr/local/bin/kubelet");
        Files.writeString(kubelet, "another");
        HostFixture ofAnotherPool = bed.newHost("other-pool");
        String id = UUID.randomUUID().toString();

        // when
        bed.requests().send(SharedBed.joinRequest(unsigned), SharedBed.recordKey(unsigned.node()), id);
        String outside = requestSigned(ofAnotherPool, new PoolName("web"));
        requestSigned(signed, POOL);
        requestSigned(swapped, POOL);

        // then
        JoinRejected rejected = bed.outcomes().awaitRejection(id);
        assertThat(rejected.reason()).isEqualTo(ErrorCode.EVENT_UNAUTHENTICATED);
        assertThat(bed.histories().runs(unsigned.node())).isEmpty();
        assertThat(bed.outcomes().awaitRejection(outside).reason()).isEqualTo(ErrorCode.EVENT_FORBIDDEN);
        assertThat(bed.histories().runs(ofAnotherPool.node())).isEmpty();
        JoinSucceeded joined = bed.outcomes().awaitOutcome(signed.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(signed.node())).containsExactly(joined.nodeUid());
        assertThat(joined.pool()).isEqualTo(POOL);
        assertThat(listed(POOL)).contains(SharedBed.recordKey(signed.node()));
        assertThat(listed(new PoolName("web"))).doesNotContain(SharedBed.recordKey(signed.node()));
        JoinFailed failed = bed.outcomes().awaitOutcome(swapped.node(), JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.ARTIFACT_DIGEST_MISMATCH);
        assertThat(failed.detail()).contains(ITS_KUBELET.value(), Sha256.hex("another"));
        assertThat(bed.cluster().tokens(failed.joinId())).isEmpty();
    }
}
