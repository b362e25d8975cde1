# One image for every member of a cluster: `easel node`, `easel gateway`, `easel migrate`.
FROM node:24-slim AS build
WORKDIR /easel
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

FROM node:24-slim
WORKDIR /easel
COPY --from=build /easel/dist ./dist
# What cannot be in a bundle: what decodes and draws pictures.
COPY --from=build /easel/node_modules/@resvg ./node_modules/@resvg
COPY --from=build /easel/node_modules/dejavu-fonts-ttf ./node_modules/dejavu-fonts-ttf
COPY --from=build /easel/node_modules/sharp ./node_modules/sharp
COPY --from=build /easel/node_modules/@img ./node_modules/@img
COPY --from=build /easel/node_modules/detect-libc ./node_modules/detect-libc
COPY --from=build /easel/node_modules/semver ./node_modules/semver
ENV NODE_ENV=production HOST=0.0.0.0 EASEL_DATA=/data
VOLUME /data
EXPOSE 4400 4500
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/easel.mjs"]
CMD ["node"]
