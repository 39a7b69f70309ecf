using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Holdfast.Hub.People;
using Holdfast.Hub.Settings;

namespace Holdfast.Hub.Stores;

/// <summary>The stores of <c>hub.yaml</c>, to be spoken to with people's keys. Nothing of this account's environment or files counts.</summary>
internal sealed class StoreClients(HubSettings settings, SecretStore secrets) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>One for each key of a store: a key that was changed is another one.</summary>
    private readonly ConcurrentDictionary<(string Store, string Key), AmazonS3Client> _clients = [];

    /// <summary>The stores.</summary>
    public IReadOnlyList<ObjectStore> All => settings.Stores;

    /// <summary>A store by its name.</summary>
    public HubResult<ObjectStore> Find(string name) => All.FirstOrDefault(store => store.Name == name) is { } found ? found
        : new HubFault("bad-request", $"There is no store '{name}'{(NearestName.Of(name, All.Select(store => store.Name)) is { } near ? $"; did you mean '{near}'?" : All.Count == 0 ? " here" : $"; there is {string.Join(", ", All.Select(store => store.Name))}")}; mend: an administrator adds it at stores in hub.yaml.");

    /// <summary>A store for somebody's jobs. The fault says whose secret is missing, or what is wrong with it.</summary>
    public HubResult<StoreClient> Of(string name, string person)
    {
        var found = Find(name);
        if (!found.Ok) return found.Fault;
        var store = found.Value;
        var (owner, secret) = store.Secret.Split('/') is [var other, var theirs] ? (other, theirs) : (person, store.Secret);
        if (secrets.Read(owner, secret) is not { } value) return new HubFault("bad-request", $"Store '{name}' has no key: {owner} has no secret {secret}; mend: {StoreFaults.Mend(store)}.");
        if (value.Trim().Split(':', 2) is not [{ Length: > 0 } id, { Length: > 0 } key]) return new HubFault("bad-request", $"The key of store '{name}', secret {secret} of {owner}, is not KEY_ID:SECRET_KEY; mend: {StoreFaults.Mend(store)}.");
        return new StoreClient(_clients.GetOrAdd((name, value), _ => Make(store, id, key)), store);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private static AmazonS3Client Make(ObjectStore store, string id, string key)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = store.Region,
            ForcePathStyle = store.PathStyle ?? store.Endpoint is not null,
            IgnoreConfiguredEndpointUrls = true,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 2,
            Timeout = Limit,
            // Servers that speak the protocol as it was for years know nothing of the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (store.Endpoint is { } endpoint) config.ServiceURL = endpoint.AbsoluteUri;
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(store.Region);
        return new AmazonS3Client(new BasicAWSCredentials(id, key), config);
    }
}
