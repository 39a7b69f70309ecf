using Amazon.Runtime;

namespace Holdfast.Hub.Stores;

/// <summary>What a store's refusals mean, with the mend. Of keys only the secret's name is said.</summary>
internal static class StoreFaults
{
    /// <summary>The fault of an exception; null for one that is not the store's.</summary>
    /// <param name="store">The store.</param>
    /// <param name="what">What was to be done there, as "be written".</param>
    /// <param name="fault">What the client has thrown.</param>
    public static HubFault? Of(ObjectStore store, string what, Exception fault) => fault switch
    {
        // What was to be sent is not there any more.
        { InnerException: EndOfStreamException } => null,
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => Refused($"Store '{store.Name}' has no bucket {store.Bucket} ({store.Place}); mend: make it there, or name another one at stores in hub.yaml."),
        AmazonServiceException { ErrorCode: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "ExpiredToken" or "AuthorizationHeaderMalformed" } key =>
            Refused($"Store '{store.Name}' ({store.Place}) does not take its key ({key.ErrorCode}); mend: {Mend(store)}{(key.ErrorCode == "AuthorizationHeaderMalformed" ? ", or region at stores in hub.yaml" : "")}."),
        AmazonServiceException { StatusCode: System.Net.HttpStatusCode.Forbidden } denied =>
            Refused($"Store '{store.Name}' ({store.Place}) does not let its key {what} ({denied.ErrorCode}); mend: a key that may get, put, list and delete objects there."),
        AmazonServiceException { StatusCode: System.Net.HttpStatusCode.MovedPermanently or System.Net.HttpStatusCode.TemporaryRedirect } =>
            Refused($"Bucket {store.Bucket} of store '{store.Name}' is in another region than {store.Region}; mend: region at stores in hub.yaml."),
        AmazonServiceException { StatusCode: 0 or >= System.Net.HttpStatusCode.InternalServerError or System.Net.HttpStatusCode.TooManyRequests or System.Net.HttpStatusCode.RequestTimeout } away => Away(store, away.ErrorCode ?? away.Message),
        AmazonServiceException other => Refused($"Store '{store.Name}' ({store.Place}) refuses to {what}: {other.ErrorCode}: {other.Message}"),
        AmazonClientException or HttpRequestException or TimeoutException or IOException { InnerException: System.Net.Sockets.SocketException } => Away(store, fault.Message),
        TaskCanceledException { InnerException: TimeoutException } => Away(store, "no answer in time"),
        _ => null,
    };

    /// <summary>How its key is set.</summary>
    public static string Mend(ObjectStore store) => $"holdfast secret set {store.Secret.Split('/')[^1]}{(store.Secret.Contains('/', StringComparison.Ordinal) ? $", by {store.Secret.Split('/')[0]}" : "")}, with KEY_ID:SECRET_KEY";

    private static HubFault Away(ObjectStore store, string why) => new("unavailable", $"Store '{store.Name}' ({store.Place}) does not answer: {why.TrimEnd('.')}; mend: start it, or endpoint at stores in hub.yaml.");

    private static HubFault Refused(string message) => new("bad-request", message);
}
