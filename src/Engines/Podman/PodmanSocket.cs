namespace Holdfast.Engines.Podman;

/// <summary>Where Podman's socket is.</summary>
public static class PodmanSocket
{
    /// <summary>As <c>CONTAINER_HOST</c> says (<c>unix://…</c>, see podman(1)), else where systemd's <c>podman.socket</c> has it for this user.</summary>
    public static string Path =>
        Environment.GetEnvironmentVariable("CONTAINER_HOST") is { } host && host.StartsWith("unix://", StringComparison.Ordinal) ? host["unix://".Length..]
        : Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is not { Length: > 0 } runtime ? "/run/podman/podman.sock"
        : $"{runtime}/podman/podman.sock";
}
