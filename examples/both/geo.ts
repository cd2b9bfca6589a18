import { float64, struct } from "toolkit/gob";
import * as rpc from "toolkit/rpc";

const Point = struct("Point", { Lat: float64, Lon: float64 });
const Trip = struct("Trip", { From: Point, To: Point });
const Route = struct("Route", { Km: float64, Bearing: float64 });

/** What there is to call. REST makes `POST /geo/route` of it, and OpenAPI describes it. */
export const contract = rpc.service("Geo", { Route: rpc.method(Trip, Route) });

const earthRadiusKm = 6371;

/** The one implementation. It knows of neither RPC nor REST. */
export const geo: rpc.Implementation<typeof contract> = {
  Route({ From, To }, reply) {
    if (Math.abs(From.Lat) > 90 || Math.abs(To.Lat) > 90) return new Error("latitude is not from -90 to 90");
    reply.value = { Km: Math.round(distance(From, To) * earthRadiusKm), Bearing: Math.round(bearing(From, To)) };
    return null;
  },
};

interface Place {
  readonly Lat: number;
  readonly Lon: number;
}

/** The angle between two places, in radians, by the haversine formula. */
function distance(from: Place, to: Place): number {
  const [lat1, lat2] = [radians(from.Lat), radians(to.Lat)];
  const [dLat, dLon] = [lat2 - lat1, radians(to.Lon - from.Lon)];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLon / 2) ** 2;
  return 2 * Math.asin(Math.sqrt(h));
}

/** Where to set out for, in degrees clockwise from north. */
function bearing(from: Place, to: Place): number {
  const [lat1, lat2, dLon] = [radians(from.Lat), radians(to.Lat), radians(to.Lon - from.Lon)];
  const y = Math.sin(dLon) * Math.cos(lat2);
  const x = Math.cos(lat1) * Math.sin(lat2) - Math.sin(lat1) * Math.cos(lat2) * Math.cos(dLon);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
