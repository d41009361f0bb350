# Builds the image that copies Nodejoin's worker-agent to a mounted host. Build it in the directory of the repository:
#   docker build --file deploy/images/agent-installer.Dockerfile --tag nodejoin-agent-installer:dev .

# A Debian or Ubuntu with a JDK 25: the base is made of its packages.
ARG JDK_IMAGE=eclipse-temurin:25-jdk
# Instead of that base another image with a shell and its usual commands.
ARG BASE_IMAGE=packages

FROM ${JDK_IMAGE} AS build
WORKDIR /source
COPY . .
RUN ./mvnw -q -pl agent-package -am -DskipTests package
RUN mkdir /agent && tar --extract --gzip --file agent-package/target/nodejoin-agent_*.tar.gz --directory /agent --no-same-owner
RUN apt-get update -qq && deploy/images/base /base /tmp/packages base-files busybox-static

FROM scratch AS packages
COPY --from=build /base /

FROM ${BASE_IMAGE}
COPY --from=build /agent /agent
COPY --from=build /source/agent-package/src/main/image/nodejoin-agent-install /usr/bin/nodejoin-agent-install

ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG CREATED=2026-11-25T00:00:00Z
LABEL org.opencontainers.image.title="Nodejoin agent installer" \
      org.opencontainers.image.description="Copies the worker-agent of Nodejoin to a mounted host" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
WORKDIR /
USER 0:0
ENTRYPOINT ["nodejoin-agent-install"]
CMD ["/host"]
