package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.FailureType;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailAtEachStepTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_Inspect",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Reserve",
                "Token_Issue",
                "ClusterInfo_PublishSignature",
                "Certificate_Decide",
                "Host_StartKubelet",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Node_Remember",
                "ClusterInfo_RemoveSignature"
            })
    void shouldLeaveNothingWhenAStepFailsAfterItsEffect(String step) {
        // given
        bed.script.failAfterEffect(step, FailureType.PRECONDITION_LOST, ErrorCode.TOKEN_LOST);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }
}
