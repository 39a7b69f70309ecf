using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image</c>: images of the hub's computer, and those of registries.</summary>
internal static class ImageVerb
{
    private const int ShortId = 12;

    public static Command Create() => new("image", "Images that machines and jobs run on: of the hub's computer, and of registries.")
    {
        ImageLsVerb.Create(), ImageBuildVerb.Create(), ImageMoveVerbs.Push(), ImageMoveVerbs.Pull(), ImageCheckVerb.Create(), ImageRmVerb.Create(), ImageRmVerb.Prune(), ImageLoginVerb.Create(), ImageLoginVerb.CreateLogout(),
    };

    /// <summary>An id or a digest as people read it.</summary>
    public static string Short(string? id) => id is null ? "-" : id["sha256:".Length..][..ShortId];

    /// <summary>What an image is called: its name, else its id.</summary>
    public static string NameOf(ImageView image) => image.Names is [var first, ..] ? first : Short(image.Id);

    /// <summary>Sends something that takes its time, says each of its lines on stderr, and gives what came of it; null, after why was said.</summary>
    public static async Task<T?> FollowAsync<T>(HubClient hub, string path, HttpContent content, JsonTypeInfo<T> type, bool quiet, CancellationToken cancellationToken) where T : class
    {
        var (response, fault) = await hub.StreamAsync(HttpMethod.Post, path, cancellationToken, content: content);
        if (response is null)
        {
            Asking.Fail(fault!);
            return null;
        }
        using (response)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(stream, (_, data) => data.ToArray()).EnumerateAsync(cancellationToken))
            {
                if (item.EventType == "line" && !quiet) Console.Error.WriteLine(MachineTexts.Plain(JsonSerializer.Deserialize(item.Data, HubJson.Default.String)!.TrimEnd()));
                else if (item.EventType == "image") return JsonSerializer.Deserialize(item.Data, type);
                else if (item.EventType == "error")
                {
                    Output.Fail(JsonSerializer.Deserialize(item.Data, HubJson.Default.ApiError)!.Message);
                    return null;
                }
            }
        }
        Output.Fail("the hub has ended before it was done.");
        return null;
    }

    /// <summary>Writes a value as JSON.</summary>
    public static int WriteJson<T>(T value, JsonTypeInfo<T> type)
    {
        Output.Json(json => JsonSerializer.Serialize(json, value, type));
        return 0;
    }
}
