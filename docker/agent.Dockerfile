# syntax=docker/dockerfile:1
# SPDX-License-Identifier: Apache-2.0
#
# The agent of one device: pulls, verifies and serves models. From the project's folder:
#   docker buildx build -f docker/agent.Dockerfile --build-arg TARGETARCH=arm64 -t sagui-agent .
# TARGETARCH is amd64 or arm64; without it, the platform that is built for.

# The build makes the same bytes for both, so it runs on the builder's own CPU.
# A slim Debian has no folder for the manual pages that a JRE links to.
FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS build
RUN mkdir -p /usr/share/man/man1 && apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jdk-headless maven \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true -pl agent -am install

FROM --platform=linux/$TARGETARCH debian:bookworm-slim
RUN mkdir -p /usr/share/man/man1 && apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/sagui --shell /usr/sbin/nologin sagui \
 && install -d -o sagui -g sagui -m 0700 /var/lib/sagui
COPY --from=build /source/agent/target/sagui-agent.jar /opt/sagui/sagui-agent.jar
COPY --from=build /source/agent/src/main/dist/jvm.options /opt/sagui/jvm.options
# As ./sagui does at its first start: classes that each start would make go into the jar, and all into an archive that starts map.
RUN java -cp /opt/sagui/sagui-agent.jar dev.sagui.agent.Rehearsal /opt/sagui/sagui-agent.jar \
 && java @/opt/sagui/jvm.options -XX:ArchiveClassesAtExit=/opt/sagui/sagui-agent.jsa -cp /opt/sagui/sagui-agent.jar dev.sagui.agent.Rehearsal
ENV SAGUI_HOME=/var/lib/sagui MALLOC_ARENA_MAX=1 ORT_DISABLE_TELEMETRY=1
USER sagui
VOLUME /var/lib/sagui
EXPOSE 8100
ENTRYPOINT ["java", "@/opt/sagui/jvm.options", "-XX:SharedArchiveFile=/opt/sagui/sagui-agent.jsa", "-jar", "/opt/sagui/sagui-agent.jar"]
