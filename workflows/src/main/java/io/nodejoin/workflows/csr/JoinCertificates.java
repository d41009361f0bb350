package io.nodejoin.workflows.csr;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenRef;
import java.util.List;

/** Which certificates are looked for. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Token", value = JoinCertificates.OfToken.class),
    @JsonSubTypes.Type(name = "Join", value = JoinCertificates.OfJoin.class)
})
public sealed interface JoinCertificates {

    /** The join that they were issued to. */
    JoinId joinId();

    /** Those issued under one token. */
    record OfToken(TokenRef token) implements JoinCertificates {
        @Override
        public JoinId joinId() {
            return token.joinId();
        }
    }

    /**
     * All that were issued to a join, in whichever attempt. It is not known which of its hosts' resets have erased their keys.
     *
     * @param tokens the tokens of the join that are known
     */
    record OfJoin(ClusterName cluster, JoinId joinId, List<TokenId> tokens) implements JoinCertificates {
        public OfJoin {
            tokens = List.copyOf(tokens);
        }
    }
}
