using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Images;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Images of the hub's computer, and those of registries.</summary>
internal static class ImagesApi
{
    private const long MostBytes = 4_000_000_000;
    private const string Lines = "Its lines come as server-sent events: 'line' with a text, at the end";

    public static void Map(RouteGroupBuilder api)
    {
        var images = api.MapGroup("/images").WithTags("images");
        images.MapGet("", async (HttpContext context, HubImages store) => Answer.Of(Array(await store.ListAsync(context.Caller(), context.RequestAborted)), HubJson.Default.ImageViewArray))
            .WithSummary("The images of the hub's computer.").Produces<ImageView[]>().WithFaults(503);
        images.MapDelete("", async (HttpContext context, HubImages store, string? image) =>
                image is { Length: > 0 } ? Answer.Of(await store.RemoveAsync(context.Caller(), image, context.RequestAborted), HubJson.Default.RemovedImageView) : Answer.Fault(new HubFault("bad-request", "'image' is missing: a name or an id.")))
            .WithSummary("Remove a name of an 'image', and with its last one the image; an id removes all. Of members their own ones only.").Produces<RemovedImageView>().WithFaults(400, 403, 404, 409, 503);
        images.MapPost("/build", BuildAsync)
            .WithSummary($"Build an image of an archive (tar) of a folder with a Containerfile, called 'name'; 'fresh' does every step again. {Lines} 'image' with it, or 'error' with why not.")
            .Accepts<Stream>("application/x-tar").Produces<BuiltImage>(StatusCodes.Status200OK, "text/event-stream").WithFaults(400, 403);
        images.MapPost("/push", PushAsync)
            .WithSummary($"Send an image to a registry, with the caller's login there. {Lines} 'image' with the registry's name and digest, or 'error' with why not.")
            .Accepts<PushRequest>("application/json").Produces<MovedImage>(StatusCodes.Status200OK, "text/event-stream").WithFaults(400);
        images.MapPost("/pull", PullAsync)
            .WithSummary($"Fetch an image from its registry, with the caller's login there. {Lines} 'image' with its name and digest, or 'error' with why not.")
            .Accepts<PullRequest>("application/json").Produces<MovedImage>(StatusCodes.Status200OK, "text/event-stream").WithFaults(400);
        images.MapPost("/check", CheckAsync)
            .WithSummary("Run a command in an image, in a container that is gone afterwards.").Accepts<CheckRequest>("application/json").Produces<CheckedImage>().WithFaults(400, 404, 409, 503);
        images.MapGet("/unused", async (HttpContext context, HubImages store, bool? all) => Answer.Of(await store.UnusedAsync(context.Caller(), all ?? false, context.RequestAborted), HubJson.Default.UnusedImages))
            .WithSummary("What nothing uses, and what its removal frees: what builds have left over, with 'all' also what has a name. For administrators.").Produces<UnusedImages>().WithFaults(403, 503);
        images.MapPost("/prune", PruneAsync)
            .WithSummary("Remove what nothing uses. For administrators.").Accepts<PruneRequest>("application/json").Produces<UnusedImages>().WithFaults(400, 403, 503);
        images.MapGet("/remote", async (HttpContext context, ImageMoves moves, string? place) =>
                place is { Length: > 0 } ? Answer.Of(await moves.RemoteAsync(context.Caller(), place, context.RequestAborted), HubJson.Default.RemoteImages) : Answer.Fault(new HubFault("bad-request", "'place' is missing: a registry, or registry and repository.")))
            .WithSummary("The repositories of a registry, or the tags of a repository, at 'place'.").Produces<RemoteImages>().WithFaults(400, 403, 404, 503);
        images.MapGet("/logins", (HttpContext context, RegistryLogins logins) => Answer.Json([.. logins.List(context.Caller().Name)], HubJson.Default.RegistryLoginViewArray))
            .WithSummary("The caller's logins to registries, without passwords.").Produces<RegistryLoginView[]>();
        images.MapPut("/logins", LogInAsync)
            .WithSummary("Set the caller's login to a registry. It is a secret of theirs.").Accepts<RegistryLoginRequest>("application/json").Produces<RegistryLoginView>().WithFaults(400, 409);
        images.MapDelete("/logins", (HttpContext context, RegistryLogins logins, string? registry) => PeopleApi.Done(logins.Remove(context.Caller(), registry ?? "")))
            .WithSummary("Remove the caller's login to a 'registry'.").Produces(StatusCodes.Status204NoContent).WithFaults(404);
    }

    private static HubResult<ImageView[]> Array(HubResult<IReadOnlyList<ImageView>> images) => images.Ok ? images.Value.ToArray() : images.Fault;

    private static async Task<IResult> BuildAsync(HttpContext context, HubImages store, HubFolders folders, string? name, bool? fresh)
    {
        var caller = context.Caller();
        var asked = HubImages.NameFor(caller, name ?? "");
        if (!asked.Ok) return Answer.Fault(asked.Fault);
        // The archive is read twice, and never unpacked.
        var file = Path.Combine(HubFolders.Make(Path.Combine(folders.Root, "builds")), $"{Guid.NewGuid():N}.tar");
        await using var archive = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        var buffer = new byte[128 << 10];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            if (archive.Length + count > MostBytes) return Answer.Fault(new HubFault("bad-request", $"The folder has more than {MostBytes / 1_000_000_000} GB; mend: leave data out of it, machines and jobs have /storage."));
            await archive.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
        }
        await LineEvents.WriteAsync(context, "image", HubJson.Default.BuiltImage, async progress =>
        {
            try
            {
                return await store.BuildAsync(caller, asked.Value, archive, fresh ?? false, progress, context.RequestAborted);
            }
            catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
            {
                return new HubFault("bad-request", $"What was sent is no archive (tar): {fault.Message}");
            }
        });
        return Results.Empty;
    }

    private static async Task<IResult> PushAsync(HttpContext context, ImageMoves moves)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.PushRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (wish.Value is not { Image.Length: > 0, To.Length: > 0 }) return Missing("'image' and 'to'");
        await LineEvents.WriteAsync(context, "image", HubJson.Default.MovedImage, progress => moves.PushAsync(context.Caller(), wish.Value.Image, wish.Value.To, progress, context.RequestAborted));
        return Results.Empty;
    }

    private static async Task<IResult> PullAsync(HttpContext context, ImageMoves moves)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.PullRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (wish.Value is not { Image.Length: > 0 }) return Missing("'image'");
        await LineEvents.WriteAsync(context, "image", HubJson.Default.MovedImage, progress => moves.PullAsync(context.Caller(), wish.Value.Image, progress, context.RequestAborted));
        return Results.Empty;
    }

    private static async Task<IResult> CheckAsync(HttpContext context, ImageChecks checks)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.CheckRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return wish.Value is { Image.Length: > 0, Command.Count: > 0 } && wish.Value.Command.All(word => word is not null)
            ? Answer.Of(await checks.RunAsync(context.Caller(), wish.Value.Image, wish.Value.Command, context.RequestAborted), HubJson.Default.CheckedImage) : Missing("'image' and 'command'");
    }

    private static async Task<IResult> PruneAsync(HttpContext context, HubImages store)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.PruneRequest);
        return wish.Ok ? Answer.Of(await store.PruneAsync(context.Caller(), wish.Value.All, context.RequestAborted), HubJson.Default.UnusedImages) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> LogInAsync(HttpContext context, RegistryLogins logins)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.RegistryLoginRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return wish.Value is { Registry: not null, User: not null, Password: not null } ? Answer.Of(logins.Set(context.Caller(), wish.Value.Registry, wish.Value.User, wish.Value.Password), HubJson.Default.RegistryLoginView) : Missing("'registry', 'user' and 'password'");
    }

    private static IResult Missing(string fields) => Answer.Fault(new HubFault("bad-request", $"There is no {fields}; mend: name what is meant."));
}
