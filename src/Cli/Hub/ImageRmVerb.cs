using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image rm</c> and <c>prune</c>.</summary>
internal static class ImageRmVerb
{
    public static Command Create()
    {
        var image = Asking.Image();
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("rm", "Remove a name of an image, and with its last one the image; an id removes all. Members remove what they have built.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync($"images?image={Uri.EscapeDataString(parse.GetValue(image)!)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var removed = reply.Read(HubJson.Default.RemovedImageView);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{(removed.Names.Count == 0 ? parse.GetValue(image) : string.Join(", ", removed.Names))} is removed{(removed.IsGone ? $", {ByteText.Of(removed.Freed)} are free" : "; the image is still in use or has other names")}.");
            return 0;
        }, image, quiet, format);
    }

    public static Command Prune()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also images with names that no machine, job or container uses; without it only what builds have left over." };
        var yes = Asking.Yes("Remove them without asking.");
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("prune", "Remove what nothing uses: shows it with what that frees, and asks. For administrators.", async (parse, hub, cancellationToken) =>
        {
            var json = parse.GetValue(format) == "json";
            var looked = await hub.GetAsync($"images/unused?all={(parse.GetValue(all) ? "true" : "false")}", cancellationToken);
            if (looked.Fault is not null) return Asking.Fail(looked);
            var unused = looked.Read(HubJson.Default.UnusedImages);
            if (!json && !parse.GetValue(quiet))
            {
                foreach (var image in unused.Images) Console.WriteLine($"{ByteText.Of(image.Own),9}  {ImageVerb.NameOf(image)}{(image.Names.Count > 1 ? $" and {Output.Count(image.Names.Count - 1, "other name")}" : "")}");
                Console.WriteLine(unused.Images.Count == 0 ? "Nothing is unused." : $"{Output.Count(unused.Images.Count, "image")}, {ByteText.Of(unused.Frees)}.");
            }
            if (unused.Images.Count == 0) return json ? looked.WriteJson() : 0;
            if (!parse.GetValue(yes) && !Asking.Ask("Remove them?"))
            {
                if (json) return looked.WriteJson();
                Console.Error.WriteLine($"holdfast: nothing was removed. '{Surroundings.Program} image prune{(parse.GetValue(all) ? " --all" : "")} --yes' removes them.");
                return 0;
            }
            var reply = await hub.SendAsync(HttpMethod.Post, "images/prune", new PruneRequest(parse.GetValue(all)), HubJson.Default.PruneRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var done = reply.Read(HubJson.Default.UnusedImages);
            if (json) reply.WriteJson();
            else if (!parse.GetValue(quiet)) Console.WriteLine($"{Output.Count(done.Images.Count, "image")} removed, {ByteText.Of(done.Frees)} are free.");
            foreach (var problem in done.Problems) Output.Fail(problem);
            return done.Problems.Count == 0 ? 0 : 1;
        }, all, yes, quiet, format);
    }
}
