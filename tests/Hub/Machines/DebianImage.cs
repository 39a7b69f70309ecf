using System.Diagnostics;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>A real Debian with Python, ipykernel, git and apt as an image, made from the distribution's packages: no registry is needed. The archive stays for the next run.</summary>
public sealed class DebianImage(PodmanService podman) : IAsyncLifetime
{
    public const string Name = "localhost/holdfast-debian:1";
    private const string Packages = "python3,python3-ipykernel,python3-numpy,git,openssh-client,ca-certificates";

    /// <summary>Why there is no image; null when there is.</summary>
    public string? Unusable { get; private set; } = podman.Unusable;

    public async ValueTask InitializeAsync()
    {
        if (Unusable is not null) return;
        var archive = Path.Combine("/var/tmp", $"holdfast-test-image-{Packages.Length}.tar");
        if (!File.Exists(archive))
        {
            if (!File.Exists("/usr/bin/mmdebstrap"))
            {
                Unusable = "mmdebstrap is not installed, which makes the image.";
                return;
            }
            using var make = Process.Start(new ProcessStartInfo("/usr/bin/mmdebstrap", ["--quiet", "--variant=minbase", $"--include={Packages}", "bookworm", $"{archive}.new.tar"]))!;
            await make.WaitForExitAsync();
            if (make.ExitCode != 0)
            {
                Unusable = $"mmdebstrap, which makes the image, has ended with {make.ExitCode}.";
                return;
            }
            File.Move($"{archive}.new.tar", archive, overwrite: true);
        }
        await podman.RunPodmanAsync("import", "-q", archive, Name);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
