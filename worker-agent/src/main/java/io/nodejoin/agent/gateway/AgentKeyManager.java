package io.nodejoin.agent.gateway;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates TLS clients with one key. A key store of the JDK would derive a key from a password, twice and in 10,000 rounds each, to
 * encrypt what does not leave the memory.
 */
final class AgentKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "agent";

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    /** @param chain the certificate of the key first */
    AgentKeyManager(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return chooseClientAlias(keyTypes, issuers, null);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return Arrays.asList(keyTypes).contains(key.getAlgorithm()) && isIssuedByOneOf(issuers) ? ALIAS : null;
    }

    /** A server that names no issuer takes any. */
    private boolean isIssuedByOneOf(Principal @Nullable [] issuers) {
        return issuers == null
                || issuers.length == 0
                || chain.stream()
                        .anyMatch(certificate -> Arrays.asList(issuers).contains(certificate.getIssuerX500Principal()));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseClientAlias(new String[] {keyType}, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return alias.equals(ALIAS) ? chain.toArray(X509Certificate[]::new) : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return alias.equals(ALIAS) ? key : null;
    }

    /** The agent is no server. */
    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
