package io.nodejoin.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ArtifactDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletBinaryTest {
    private static final String CONTENT = "0a".repeat(32);
    private static final String SWAPPED = "0b".repeat(32);
    private static final String KUBELET = "/usr/local/bin/kubelet";
    private static final List<ArtifactDigest> ACCEPTED = List.of(new ArtifactDigest("sha256:" + CONTENT));

    @TempDir
    private Path root;

    private FakeHost host;
    private KubeletBinary binary;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        host.answer("sha256sum", CONTENT + " *" + KUBELET + "\n");
        binary = new KubeletBinary(host.parts().commands(), host.parts().files());
    }

    @Test
    void shouldReturnThePathOfTheAcceptedProgram() {
        // when
        String program = binary.requireAccepted(ACCEPTED);

        // then
        assertThat(program).isEqualTo(KUBELET);
    }

    @Test
    void shouldNotReadAProgramUnlessADigestIsRequired() {
        // when
        String program = binary.requireAccepted(List.of());

        // then
        assertThat(program).isEqualTo(KUBELET);
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void shouldRejectAProgramThatWasReplacedAfterItsCheck() {
        // given
        binary.requireAccepted(ACCEPTED);
        host.text(KUBELET, "another");
        host.answer("sha256sum", SWAPPED + " *" + KUBELET + "\n");

        // when
        HostException refused = catchThrowableOfType(HostException.class, () -> binary.requireAccepted(ACCEPTED));

        // then
        assertThat(refused.problem().code()).isEqualTo(ErrorCode.ARTIFACT_DIGEST_MISMATCH);
        assertThat(refused.problem().detail()).contains(KUBELET, SWAPPED, CONTENT);
    }

    @Test
    void shouldDetectAChangeDespiteARestoredModificationTime() throws IOException {
        // given
        Path file = root.resolve(KUBELET.substring(1));
        binary.requireAccepted(ACCEPTED);
        var before = Files.getLastModifiedTime(file);
        host.text(KUBELET, "");
        Files.setLastModifiedTime(file, before);
        host.answer("sha256sum", SWAPPED + " *" + KUBELET + "\n");

        // when
        HostException refused = catchThrowableOfType(HostException.class, () -> binary.requireAccepted(ACCEPTED));

        // then
        assertThat(refused.problem().code()).isEqualTo(ErrorCode.ARTIFACT_DIGEST_MISMATCH);
    }

    @Test
    void shouldReadTheProgramOnceWhileItIsUnchanged() {
        // when
        binary.requireAccepted(ACCEPTED);
        binary.requireAccepted(ACCEPTED);

        // then
        assertThat(host.calls()).containsExactly("sha256sum --binary -- " + KUBELET);
    }

    @Test
    void shouldReadTheTargetOfALinkEachTime() throws IOException {
        // given
        Path file = root.resolve(KUBELET.substring(1));
        Path target = Files.move(file, file.resolveSibling("kubelet-1.37"));
        Files.createSymbolicLink(file, target);
        binary.requireAccepted(ACCEPTED);
        host.answer("sha256sum", SWAPPED + " *" + KUBELET + "\n");

        // when
        HostException refused = catchThrowableOfType(HostException.class, () -> binary.requireAccepted(ACCEPTED));

        // then
        assertThat(refused.problem().code()).isEqualTo(ErrorCode.ARTIFACT_DIGEST_MISMATCH);
    }

    @Test
    void shouldRequestTheVersionWithoutCredentials() {
        // when
        var version = binary.version();

        // then
        assertThat(version).contains("v1.37.2");
        assertThat(host.calls())
                .containsExactly(
                        "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs " + KUBELET + " --version");
    }
}
