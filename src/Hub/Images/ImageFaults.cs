using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Images;

/// <summary>What the hub says where the engine has failed at an image.</summary>
internal static class ImageFaults
{
    public static readonly HubFault NoEngine = new("unavailable", "This hub has no Podman, and nothing else has images; mend: 'holdfast doctor' says what is missing.");

    public static HubFault Of(EngineFault fault) => new(fault.Code switch
    {
        "image-missing" => "image-missing",
        "not-permitted" => "forbidden",
        "in-use" or "exists" or "build-failed" or "start-failed" => "conflict",
        "bad-spec" or "bad-image" => "bad-request",
        _ => "unavailable",
    }, fault.Message);
}
