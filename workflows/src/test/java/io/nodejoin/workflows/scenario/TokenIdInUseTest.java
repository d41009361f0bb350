package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.token.TokenIssue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TokenIdInUseTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldDrawAnotherIdAndLeaveItsLedgerEntryToTheGarbageCollector() {
        // given
        fixture.script.answer("Token_Issue", new TokenIssue.IdInUse());
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.everIssued).hasSize(1);
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-1]", "nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldFailIfEachIdThatItDrawsIsInUseAndDeleteNoLedgerEntry() {
        // given
        fixture.script.answerAlways("Token_Issue", new TokenIssue.IdInUse());
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        List<String> effects = fixture.script.effects();
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(effects).doesNotContain("Token_DeleteLedgerEntry");
        assertThat(effects.stream().filter("Token_Issue"::equals)).hasSize(StepOptions.MAX_TOKEN_ID_DRAWS);
    }
}
