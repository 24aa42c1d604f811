import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';

export interface TeamsIdentity {
  readonly appId: string;
  readonly appPassword: string;
  readonly appType: string;
  readonly tenantId: string;
  /** Where the keys of the channel are published; Microsoft's when absent. National clouds and tests have their own. */
  readonly openIdMetadataUrl?: string;
}

const CHANNEL = 'https://api.botframework.com';
const LOGIN = 'https://login.microsoftonline.com/';

// Without an app id nobody is verified: config.ts allows that in a sandbox on loopback only.
export function authenticationOf(identity: TeamsIdentity): ConfigurationBotFrameworkAuthentication {
  const { appId, appPassword, appType, tenantId, openIdMetadataUrl: keys } = identity;
  if (appId === '') return new ConfigurationBotFrameworkAuthentication({});
  const own = {
    MicrosoftAppId: appId,
    MicrosoftAppPassword: appPassword,
    MicrosoftAppType: appType,
    MicrosoftAppTenantId: tenantId,
  };
  // One address of its own makes the SDK want all of them.
  const published =
    keys === undefined
      ? {}
      : {
          ToBotFromChannelTokenIssuer: CHANNEL,
          ToBotFromChannelOpenIdMetadataUrl: keys,
          ToBotFromEmulatorOpenIdMetadataUrl: keys,
          ToChannelFromBotLoginUrl: `${LOGIN}${tenantId}`,
          ToChannelFromBotOAuthScope: CHANNEL,
          OAuthUrl: CHANNEL,
          CallerId: '',
        };
  return new ConfigurationBotFrameworkAuthentication({ ...own, ...published });
}
