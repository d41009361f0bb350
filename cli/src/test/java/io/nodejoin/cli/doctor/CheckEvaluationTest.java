package io.nodejoin.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What checks make of what they see. */
class CheckEvaluationTest {
    @ParameterizedTest
    @CsvSource({"1,30,true", "1,37,true", "1,30+,true", "2,0,true", "1,29,false", "1,9,false", "0,99,false"})
    void shouldKnowWhichVersionsAreNewEnough(String major, String minor, boolean expected) {
        assertThat(ServerVersion.isNewEnough(major, minor)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-25T10:00:59Z,true", "2026-11-25T09:59:01Z,true", "2026-11-25T10:01:01Z,false"})
    void shouldTolerateAMinuteBetweenTheClocks(Instant here, boolean tolerated) {
        // when
        Finding finding = ServerClock.evaluate("Wed, 25 Nov 2026 10:00:00 GMT", here);

        // then
        assertThat(finding instanceof Finding.Passed).isEqualTo(tolerated);
    }

    @ParameterizedTest
    @CsvSource({
        "certificates.k8s.io, certificatesigningrequests/nodeclient, create, true",
        "certificates.k8s.io, */nodeclient, *, true",
        "*, *, *, true",
        "certificates.k8s.io, certificatesigningrequests, create, false",
        "certificates.k8s.io, certificatesigningrequests/selfnodeclient, create, false",
        "certificates.k8s.io, certificatesigningrequests/nodeclient, get, false",
        "apps, certificatesigningrequests/nodeclient, create, false",
    })
    void shouldFindRolesThatAllowAutoApproval(String group, String resource, String verb, boolean expected) {
        // given
        PolicyRule rule = new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(verb)
                .build();

        // when, then
        assertThat(RolePolicyRules.allowAutoApproval(List.of(rule))).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Account.class)
    void shouldAskForNothingThatJoinsNeedAndThievesMustNotHave(Account account) {
        assertThat(ServiceAccountRights.required(account))
                .doesNotContainAnyElementsOf(ServiceAccountRights.forbidden(account))
                .doesNotHaveDuplicates();
        assertThat(ServiceAccountRights.forbidden(account)).doesNotHaveDuplicates();
    }

    @Test
    void shouldLetNoAccountBothMintAndApproveWhereTheyAreSeparate() {
        assertThat(Accounts.separate.accounts())
                .noneSatisfy(account -> assertThat(ServiceAccountRights.required(account))
                        .extracting(access -> access.resource() + " " + access.verb())
                        .contains("secrets create", "certificatesigningrequests/approval update"));
    }
}
