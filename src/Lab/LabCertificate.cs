namespace Holdfast.Lab;

/// <summary>The certificate that a lab shows to those who connect.</summary>
/// <param name="File">Where it stands, in PEM; with it programs can check the lab.</param>
/// <param name="Fingerprint">Its SHA-256 as browsers show it: <c>AB:CD:…</c>.</param>
/// <param name="Until">When it runs out, UTC.</param>
/// <param name="IsOwn">Whether the lab has made it, so that browsers ask.</param>
public sealed record LabCertificate(string File, string Fingerprint, DateTime Until, bool IsOwn);
