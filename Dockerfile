FROM node:26-bookworm-slim
ENV NODE_ENV=production MALLOC_MMAP_THRESHOLD_=65536 MALLOC_ARENA_MAX=2
WORKDIR /bellhop
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY bin bin
COPY scripts scripts
COPY src src
USER node
EXPOSE 3978
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3978/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "bin/bellhop.mjs", "serve"]
