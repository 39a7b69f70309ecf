using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Load.Bench.Kernel;

/// <summary>The kernel that both servers drive: compiled once a run, and offered to both as the kernelspec <c>echo</c>.</summary>
internal static class EchoKernel
{
    /// <summary>Compiles it and makes it known to every server that is started from here.</summary>
    public static void Install(Place place)
    {
        var folder = place.NewFolder("jupyter");
        var spec = Directory.CreateDirectory(Path.Combine(folder, "kernels/echo")).FullName;
        var program = Path.Combine(spec, "echo");
        Command.Read("gcc", "-O2", "-D_GNU_SOURCE", "-o", program, Path.Combine(AppContext.BaseDirectory, "Kernel/echo.c"));
        File.WriteAllText(Path.Combine(spec, "kernel.json"), $$"""{"argv":["{{program}}","{connection_file}"],"display_name":"Echo","language":"echo"}""");
        Environment.SetEnvironmentVariable("JUPYTER_PATH", folder);
    }
}
