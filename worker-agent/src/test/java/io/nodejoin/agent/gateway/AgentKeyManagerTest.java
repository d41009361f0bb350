package io.nodejoin.agent.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.discovery.TestTls;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class AgentKeyManagerTest {
    private static final String[] EC = {"RSA", "EC"};

    private final TestTls tls = new TestTls();
    private final X509Certificate certificate = tls.certificate("agent");
    private final AgentKeyManager keys = new AgentKeyManager(tls.key("agent"), List.of(certificate));

    @Test
    void shouldShowItsCertificateToAServerThatTakesItsIssuer() {
        // given
        Principal[] issuers = {certificate.getIssuerX500Principal()};

        // when
        String alias = requireNonNull(keys.chooseEngineClientAlias(EC, issuers, null));

        // then
        assertThat(keys.getCertificateChain(alias)).containsExactly(certificate);
        assertThat(keys.getPrivateKey(alias)).isEqualTo(tls.key("agent"));
    }

    @Test
    void shouldShowItsCertificateToAServerThatNamesNoIssuer() {
        // when
        String alias = keys.chooseEngineClientAlias(EC, new Principal[0], null);

        // then
        assertThat(alias).isNotNull();
    }

    @Test
    void shouldShowNothingToAServerThatTakesOtherIssuersOrKeys() {
        // given
        Principal[] others = {new X500Principal("CN=other")};

        // when
        String otherIssuer = keys.chooseEngineClientAlias(EC, others, null);
        String otherKey = keys.chooseEngineClientAlias(new String[] {"RSA"}, null, null);

        // then
        assertThat(otherIssuer).isNull();
        assertThat(otherKey).isNull();
        assertThat(keys.getServerAliases("EC", null)).isNull();
    }
}
