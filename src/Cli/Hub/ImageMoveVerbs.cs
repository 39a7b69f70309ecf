using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image push</c> and <c>pull</c>.</summary>
internal static class ImageMoveVerbs
{
    public static Command Push()
    {
        var image = Asking.Image();
        var to = new Argument<string>("TO") { Description = "Registry, repository and tag, as registry.example.org/team/leaves:1. Without a tag that of the image." };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("push", "Send an image to a registry, and print its name there with the registry's digest. 'holdfast image login' logs in first where that is needed.", (parse, hub, cancellationToken) =>
            MoveAsync(hub, "images/push", new PushRequest(parse.GetValue(image)!, parse.GetValue(to)!), HubJson.Default.PushRequest, parse.GetValue(quiet), parse.GetValue(format) == "json", cancellationToken), image, to, quiet, format);
    }

    public static Command Pull()
    {
        var image = new Argument<string>("IMAGE") { Description = "Registry, repository and tag or digest, as docker.io/library/debian:12." };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("pull", "Fetch an image from its registry, also when one of that name is here, and print its name with the registry's digest.", (parse, hub, cancellationToken) =>
            MoveAsync(hub, "images/pull", new PullRequest(parse.GetValue(image)!), HubJson.Default.PullRequest, parse.GetValue(quiet), parse.GetValue(format) == "json", cancellationToken), image, quiet, format);
    }

    private static async Task<int> MoveAsync<T>(HubClient hub, string path, T request, JsonTypeInfo<T> type, bool quiet, bool json, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (await ImageVerb.FollowAsync(hub, path, content, HubJson.Default.MovedImage, quiet, cancellationToken) is not { } moved) return 1;
        if (json) return ImageVerb.WriteJson(moved, HubJson.Default.MovedImage);
        Console.WriteLine(moved.Digest is null || moved.Name.EndsWith($"@{moved.Digest}", StringComparison.Ordinal) ? moved.Name : $"{moved.Name}@{moved.Digest}");
        return 0;
    }
}
