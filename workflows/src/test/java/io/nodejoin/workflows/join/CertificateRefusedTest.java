package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.workflows.certificate.CertificateDecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CertificateRefusedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldEndWithTheReasonOfADenial() {
        // given
        Problem rule = new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "the request asks for system:node:w2");
        bed.script.answer("Certificate_Decide", new CertificateDecision.Denied("csr-1", rule));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
        assertThat(bed.failure().reasonClass()).isEqualTo(ReasonClass.IDENTITY);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldLeaveANodeAloneThatAnotherMachineHasRegisteredMeanwhile() {
        // given
        bed.script.next("Certificate_Decide", _ -> {
            bed.cluster.nodes.put(JoinBed.NODE.value(), "uid-of-a-stranger");
            return new CertificateDecision.Denied(
                    "csr-1", new Problem(ErrorCode.NODE_NAME_IN_USE, "a Node of the name exists"));
        });
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.cluster.nodes).containsEntry(JoinBed.NODE.value(), "uid-of-a-stranger");
    }

    @Test
    void shouldLeaveANodeAloneThatAnotherMachineHasRegisteredBeforeTheApproval() {
        // given an approver that looks at no names
        bed.script.next("Certificate_Decide", honest -> {
            bed.cluster.nodes.put(JoinBed.NODE.value(), "uid-of-a-stranger");
            bed.cluster.created.put(JoinBed.NODE.value(), bed.now().minusSeconds(5));
            return honest.get();
        });
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.cluster.nodes).containsEntry(JoinBed.NODE.value(), "uid-of-a-stranger");
    }

    @Test
    void shouldDenyARequestThatWasNeverDecided() {
        // given
        Problem late = new Problem(ErrorCode.CSR_TIMEOUT, "no request in 2 minutes");
        bed.script.answer("Certificate_Decide", new CertificateDecision.Missing(late));
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.CSR_TIMEOUT);
        assertThat(bed.cluster.requests.values()).doesNotContain("undecided", "approved");
    }

    @Test
    void shouldTakeANodeBackWhoseTokenWasUsedByAnotherKeyAsWell() {
        // given
        Problem rival = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another key asked under the same token");
        bed.script.answer("Certificate_DenyOthers", new CertificateDecision.Denied("csr-2", rival));
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldLookForOtherRequestsOnlyOnceTheHostHasSeenItsTokenRefused() {
        // given
        bed.script.next("Host_StartKubelet", honest -> {
            Object answer = honest.get();
            bed.script.waitUntil(bed.cluster.signatures::isEmpty);
            return answer;
        });
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.closings()).containsSubsequence("Host_StartKubelet", "Certificate_DenyOthers");
    }
}
