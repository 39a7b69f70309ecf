using System.CommandLine;
using System.Formats.Tar;
using System.Net;
using System.Net.Http.Headers;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image build DIR</c>.</summary>
internal static class ImageBuildVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder with a Containerfile (or Dockerfile) and what it copies. Default this one.", DefaultValueFactory = _ => "." };
        var name = new Option<string?>("--name", "-t") { Description = "The image's name, with a tag if it is not to be a number that grows. Default the folder's.", HelpName = "NAME" };
        var fresh = new Option<bool>("--fresh") { Description = "Do every step again, also those that were done before with the same input." };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("build", "Build an image of a folder with a Containerfile, and print its name. Steps with the same input are not done again, and the same input gives the same image.", async (parse, hub, cancellationToken) =>
        {
            var from = Path.GetFullPath(parse.GetValue(folder)!);
            if (!Directory.Exists(from)) return Output.Fail($"there is no folder {from}.");
            if (!File.Exists(Path.Combine(from, "Containerfile")) && !File.Exists(Path.Combine(from, "Dockerfile"))) return Output.Fail($"there is no Containerfile in {from}. Write one: FROM an image, RUN what installs, COPY what it needs.");
            using var content = new FolderArchive(from);
            var asked = parse.GetValue(name) ?? Path.GetFileName(from).ToLowerInvariant();
            var built = await ImageVerb.FollowAsync(hub, $"images/build?name={Uri.EscapeDataString(asked)}&fresh={(parse.GetValue(fresh) ? "true" : "false")}", content, HubJson.Default.BuiltImage, parse.GetValue(quiet), cancellationToken);
            if (built is null) return 1;
            if (parse.GetValue(format) == "json") return ImageVerb.WriteJson(built, HubJson.Default.BuiltImage);
            Console.WriteLine(built.Name);
            return 0;
        }, folder, name, fresh, quiet, format);
    }

    /// <summary>A folder as an archive that is written as it is sent.</summary>
    private sealed class FolderArchive : HttpContent
    {
        private readonly string _folder;

        public FolderArchive(string folder)
        {
            _folder = folder;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            TarFile.CreateFromDirectoryAsync(_folder, stream, includeBaseDirectory: false, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
