using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image ls</c>.</summary>
internal static class ImageLsVerb
{
    public static Command Create()
    {
        var remote = new Option<string?>("--remote") { Description = "What a registry has: its repositories, or the tags of one.", HelpName = "REGISTRY[/REPOSITORY]" };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List images. OWN is what the removal of one frees, SHARED what others have as well.", async (parse, hub, cancellationToken) =>
        {
            var place = parse.GetValue(remote);
            var reply = await hub.GetAsync(place is null ? "images" : $"images/remote?place={Uri.EscapeDataString(place)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (place is not null) return Write(reply.Read(HubJson.Default.RemoteImages), parse.GetValue(quiet));
            var images = reply.Read(HubJson.Default.ImageViewArray);
            if (parse.GetValue(quiet)) Array.ForEach(images, image => Console.WriteLine(ImageVerb.NameOf(image)));
            else if (images.Length == 0) Console.WriteLine($"No image. '{Surroundings.Program} image pull NAME' fetches one, '{Surroundings.Program} image build DIR' makes one.");
            else
            {
                Output.Table(["IMAGE", "ID", "DIGEST", "OWN", "SHARED", "CREATED", "USED BY"],
                [
                    .. images.Select(image => new[]
                    {
                        image.Names.Count == 0 ? "(no name)" : string.Join(", ", image.Names), ImageVerb.Short(image.Id), ImageVerb.Short(image.Digest), ByteText.Of(image.Own), ByteText.Of(image.Shared),
                        image.Created is { } created ? Output.Clock(created, TimeProvider.System) : "-", string.Join(", ", image.UsedBy),
                    }),
                ]);
            }
            return 0;
        }, remote, quiet, format);
    }

    private static int Write(RemoteImages remote, bool quiet)
    {
        var place = remote.Repository is null ? remote.Registry : $"{remote.Registry}/{remote.Repository}";
        foreach (var repository in remote.Repositories ?? []) Console.WriteLine($"{place}/{repository}");
        if (remote.Tags is not { Count: > 0 } tags) return 0;
        if (quiet) foreach (var tag in tags) Console.WriteLine($"{place}:{tag.Name}");
        else Output.Table(["IMAGE", "DIGEST"], [.. tags.Select(tag => new[] { $"{place}:{tag.Name}", tag.Digest ?? "-" })]);
        return 0;
    }
}
